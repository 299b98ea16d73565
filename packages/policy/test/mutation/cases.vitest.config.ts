import { runnerOf } from './runner.ts';

export default runnerOf({ include: ['test/cases-pure.test.ts'] });
