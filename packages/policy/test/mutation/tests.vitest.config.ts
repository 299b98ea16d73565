import { runnerOf } from './runner.ts';

export default runnerOf({
  include: ['test/**/*.test.ts'],
  exclude: [
    'test/{byte-spans,cases-pure,explain,explain-words,leaks,parts,requirements}.test.ts',
    'test/fuzz/**',
    'test/**/properties.test.ts',
  ],
});
