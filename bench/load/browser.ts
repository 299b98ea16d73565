/** What Chrome sends with a request for an image, names and values in turn; Host and Connection apart. */
export const BROWSER_FIELDS: readonly (readonly [name: string, value: string])[] = [
  ['sec-ch-ua-platform', '"Linux"'],
  [
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  ],
  ['sec-ch-ua', '"Chromium";v="142", "Not_A Brand";v="99"'],
  ['sec-ch-ua-mobile', '?0'],
  ['Accept', 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Sec-Fetch-Mode', 'no-cors'],
  ['Sec-Fetch-Dest', 'image'],
  ['Referer', 'http://127.0.0.1/'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
  ['Accept-Language', 'en-GB,en;q=0.9'],
];

export type Fields = Readonly<Record<string, string>>;

/** Those of a browser, with what a scenario adds or replaces. */
export function browserFields(own: Fields): [name: string, value: string][] {
  const replaced = BROWSER_FIELDS.filter(([name]) => !(name in own));
  return [
    ...replaced.map(([name, value]): [string, string] => [name, value]),
    ...Object.entries(own),
  ];
}
