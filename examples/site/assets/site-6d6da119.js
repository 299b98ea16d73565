// Asks for a few files of this site again and shows what the edge says of each in Cache-Status (RFC 9211).

const RESOURCES = [
  { url: '/data/menu.json', note: 'fresh for 20 s' },
  { url: '/data/weather.json', note: 'fresh for 10 s, then stale while it is refreshed' },
  { url: '/images/harbour.svg', note: 'fresh for an hour' },
  { url: '/account.html', note: 'no-store' },
  { url: document.querySelector('link[rel=stylesheet]').getAttribute('href'), note: 'hashed name: a year, in the browser too' },
];
const HISTORY = 12;

/** The reasons this page meets, in its own words; docs/reasons.md has them all. */
const WORDS = {
  fresh: 'still fresh',
  stored: 'fetched, and kept from now on',
  confirmed: 'the origin confirmed it with a 304',
  'stale-while-revalidate': 'stale, served while it is refreshed',
  'not-stored-no-store': 'it says no-store: nothing is kept',
  'operator-bypass': 'the cache is switched off (key b)',
};

/** `poplet; hit; ttl=5; key="…"` as { hit: true, ttl: '5', key: '…' }; the last member is the edge nearest to us. */
function parseCacheStatus(field) {
  const parameters = {};
  const member = field.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)?.at(-1) ?? '';
  for (const part of member.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g)?.slice(1) ?? []) {
    const [name, ...value] = part.trim().split('=');
    parameters[name] = value.length === 0 ? true : value.join('=').replace(/^"|"$/g, '');
  }
  return parameters;
}

/** One word for what happened. */
function outcomeOf({ hit, fwd, ttl, 'fwd-status': status, stored, detail = '' }) {
  if (hit) return Number(ttl) <= 0 ? (detail.startsWith('stale-while') ? 'updating' : 'stale') : 'hit';
  if (status === '304') return 'revalidated';
  if (fwd === 'stale') return 'expired';
  return stored ? 'miss' : 'bypass';
}

/** Whether the browser answered from its own cache without asking: nothing crossed the network. */
function cameFromBrowser(url) {
  const entry = performance.getEntriesByName(new URL(url, location.href).href).at(-1);
  return entry !== undefined && entry.transferSize === 0;
}

async function load({ url }) {
  performance.clearResourceTimings();
  const response = await fetch(url);
  await response.arrayBuffer();
  const field = response.headers.get('cache-status') ?? '';
  const status = parseCacheStatus(field);
  if (cameFromBrowser(url)) return { outcome: 'browser', why: 'the browser’s own cache had it: the edge was not asked', field };
  const { detail = 'no Cache-Status: is this page served by poplet?' } = status;
  const why = WORDS[detail] ?? detail.replaceAll('-', ' ');
  return {
    outcome: field === '' ? 'error' : outcomeOf(status),
    age: response.headers.get('age'),
    ttl: status.ttl,
    why,
    field,
  };
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function duration(seconds) {
  if (seconds >= 86_400) return `${Math.round(seconds / 86_400)} d`;
  return seconds >= 600 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
}

function freshness(ttl, age) {
  if (ttl === undefined) return ['–'];
  if (Number(ttl) <= 0) return ['stale'];
  const share = (100 * Number(ttl)) / (Number(ttl) + Number(age ?? 0));
  const bar = element('i');
  bar.style.width = `${share}%`;
  return [duration(Number(ttl)), element('span', { className: 'meter' }, bar)];
}

const rows = RESOURCES.map((resource) => ({ resource, history: [], row: element('tr') }));
document.querySelector('#rows').replaceChildren(...rows.map(({ row }) => row));

function show({ resource, history, row }, result) {
  history.push(result.outcome);
  const cell = (className, ...children) => element('td', { className }, ...children);
  const dots = history.slice(-HISTORY).map((outcome) => element('span', { className: `dot ${outcome}`, title: outcome }));
  row.title = result.field;
  row.replaceChildren(
    cell('resource', resource.url, element('small', { textContent: resource.note })),
    cell('', element('span', { className: `badge ${result.outcome}`, textContent: result.outcome.toUpperCase() })),
    cell('number', result.age === null || result.age === undefined ? '–' : `${result.age} s`),
    cell('number', ...freshness(result.ttl, result.age)),
    cell('why', result.why),
    cell('', element('span', { className: 'history' }, ...dots)),
  );
}

async function loadAll() {
  for (const entry of rows) show(entry, await load(entry.resource));
}

const buttons = [...document.querySelectorAll('button')];
async function times(count) {
  for (const button of buttons) button.disabled = true;
  for (let index = 0; index < count; index++) await loadAll();
  for (const button of buttons) button.disabled = false;
}

document.querySelector('#once').addEventListener('click', () => times(1));
document.querySelector('#ten').addEventListener('click', () => times(10));
let timer;
document.querySelector('#keep').addEventListener('change', ({ target }) => {
  clearInterval(timer);
  if (target.checked) timer = setInterval(loadAll, 2000);
});
await times(1);
