import { IncomingFields, type PresentedRequest } from '@poplet/policy';
import { describe, expect, it } from 'vitest';

import { parseExpression } from '../src/cloudflare/expression.ts';

const REQUEST: PresentedRequest = {
  siteId: 'default',
  method: 'GET',
  scheme: 'https',
  authority: 'www.shop.test:8080',
  target: '/Img/logo.PNG?v=1&w=2',
  fields: new IncomingFields([
    'Cookie',
    'sid=1',
    'User-Agent',
    'Curl',
    'X-Kind',
    'a',
    'X-Kind',
    'b',
    'X-Star',
    'a**',
  ]),
  hasContent: false,
  clientAddress: undefined,
};

describe('expressions', () => {
  it.each<[text: string, holds: boolean]>([
    ['http.host eq "www.shop.test"', true],
    ['http.host == "shop.test"', false],
    ['http.host ne "shop.test"', true],
    ['http.request.uri.path eq "/Img/logo.PNG"', true],
    ['http.request.uri eq "/Img/logo.PNG?v=1&w=2"', true],
    ['http.request.uri.query eq "v=1&w=2"', true],
    ['http.request.full_uri contains "https://www.shop.test:8080/Img"', true],
    ['http.request.uri.path.extension in {"jpg" "png"}', true],
    ['http.request.uri.path.extension in {}', false],
    ['http.request.method in {"GET" "HEAD"}', true],
    ['starts_with(http.request.uri.path, "/Img/")', true],
    ['starts_with(http.request.uri.path, "/img/")', false],
    ['starts_with(lower(http.request.uri.path), "/img/")', true],
    ['ends_with(upper(http.request.uri.path), ".PNG")', true],
    ['http.cookie contains "sid="', true],
    ['http.user_agent matches "^[Cc]url$"', true],
    ['http.user_agent ~ "^curl$"', false],
    ['http.request.uri.path matches r"\\.PNG$"', true],
    ['http.request.uri.path matches r#"^/"?Img"#', true],
    ['http.request.uri.path wildcard "/img/*.png"', true],
    ['http.request.uri.path strict wildcard "/img/*.png"', false],
    ['http.request.uri.path wildcard "/img/logo"', false],
    ['http.request.uri.path wildcard "*/LOGO*"', true],
    ['http.request.uri.path wildcard "/Img*o*go*"', true],
    ['http.request.uri.path wildcard "/Img*go*o*"', false],
    ['http.request.uri.path wildcard "/Img/logo*logo.PNG"', false],
    ['http.request.uri.path wildcard "*"', true],
    ['http.request.uri.path wildcard "/Img/l?go.PNG"', false],
    ['http.request.uri.path wildcard "/Img/logo\\\\*PNG"', false],
    ['http.request.headers["x-star"][0] wildcard r"a\\*\\*"', true],
    ['http.request.headers["x-star"][0] wildcard r"a\\**"', true],
    ['http.request.headers["x-star"][0] wildcard r"a\\\\*"', false],
    ['http.request.headers["x-kind"][1] eq "b"', true],
    ['http.request.headers["X-None"][0] eq ""', true],
    ['ssl', true],
    ['not ssl', false],
    ['true and not false', true],
    ['(http.host eq "a.test") or (http.host contains "shop" and ssl)', true],
    ['http.host eq "a\\"b"', false],
    // The binding grows from or over xor and and to not.
    ['true or true and false', true],
    ['(true or true) and false', false],
    ['true or true xor true', true],
    ['true ^^ true', false],
    ['!false && !(false || false)', true],
    ['not false and false', false],
  ])('%s: %s', (text, holds) => {
    expect(parseExpression(text)(REQUEST)).toBe(holds);
  });
});

describe('what is wrong is told with its column', () => {
  it.each<[text: string, kind: string, column: number, message: string]>([
    ['', 'malformed', 1, 'expected a field, a function, not or (, and it ends'],
    ['http.host eq', 'malformed', 13, 'expected a text in quotes, and it ends'],
    ['http.host equals "a"', 'malformed', 11, 'expected eq, ne, in, contains, matches'],
    ['http.host eq "a" and', 'malformed', 21, 'and it ends'],
    ['http.host eq "a" ssl', 'malformed', 18, 'expected and, or, or the end, and there is "ssl"'],
    ['(ssl', 'malformed', 5, 'expected ), and it ends'],
    ['http.host in "a"', 'malformed', 14, 'expected {, and there is "a"'],
    ['http.host in {"a"', 'malformed', 18, 'expected a text in quotes, and it ends'],
    ['http.host eq "a', 'malformed', 14, 'what is "\\"" here?'],
    ['http.host eq 5', 'malformed', 14, 'expected a text in quotes, and there is "5"'],
    ['starts_with(http.host "a")', 'malformed', 23, 'expected ,'],
    ['http.host; true', 'malformed', 10, 'what is ";" here?'],
    ['ssl and cf.bot_management.score eq "1"', 'unsupported', 9, 'cf.bot_management.score is not'],
    ['ip.src eq "1"', 'unsupported', 1, 'ip.src is not known here'],
    ['constructor', 'unsupported', 1, 'constructor is not known here'],
    ['http.host toString "a"', 'malformed', 11, 'expected eq, ne, in'],
    ['len(http.host) gt 3', 'unsupported', 1, 'len is not known here'],
    ['http.host matches "(?i)a"', 'unsupported', 19, 'the pattern "(?i)a" is none that JavaScript'],
    [`${'('.repeat(101)}ssl`, 'malformed', 101, 'nested more than 100 times'],
    [`${'not '.repeat(5000)}ssl`, 'malformed', 401, 'nested more than 100 times'],
  ])('%s', (text, kind, column, message) => {
    expect(() => parseExpression(text)).toThrow(
      expect.objectContaining({ kind, column, message: expect.stringContaining(message) }),
    );
  });
});
