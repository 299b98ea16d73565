require.config({ paths: { vs: '/vs' } });
require(['vs/editor/editor.main'], (monaco) => {
  monaco.editor.create(document.querySelector('#editor'), {
    language: 'typescript',
    automaticLayout: true,
    value: [
      '/** Ships at berth, longest first. */',
      'export function atBerth(ships: readonly Ship[]): Ship[] {',
      '  return ships.filter((ship) => ship.berth !== null).toSorted(byLength);',
      '}',
      '',
      'interface Ship {',
      '  readonly name: string;',
      '  readonly berth: number | null;',
      '  readonly lengthMetres: number;',
      '}',
      '',
      'const byLength = (a: Ship, b: Ship): number => b.lengthMetres - a.lengthMetres;',
      '',
      '// The language service runs in a worker; this line is wrong so that it has something to say.',
      "export const depthMetres: number = 'twelve';",
      '',
    ].join('\n'),
  });
});
