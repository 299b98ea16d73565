// Asks for a few files of this site again and shows what the edge says of each in Cache-Status (RFC 9211).

const HISTORY = 12;

/** The reasons this page meets, in its own words; docs/reasons.md has them all. */
const WORDS = {
  fresh: 'still fresh',
  stored: 'fetched, and kept from now on',
  confirmed: 'the origin confirmed it with a 304',
  replaced: 'it had changed: the origin sent a new one',
  collapsed: 'waited for an answer already on its way',
  'client-not-modified': 'the browser’s copy is the same',
  'stale-while-revalidate': 'stale, served while it is refreshed',
  'stale-if-error': 'the origin fails: stale is better than nothing',
  'stale-disconnected': 'no answer from the origin: stale is better than nothing',
  'upstream-failure': 'the origin does not answer',
  'not-stored-no-store': 'it says no-store: nothing is kept',
  'operator-bypass': 'the cache is switched off (key b)',
};

/** How far a request went: 0 the browser itself, 1 the edge, 2 the origin server. */
const REACH = { browser: 0, hit: 1, updating: 1, stale: 1 };
const REACHED = ['never left the browser', 'answered by the edge', 'went to the origin server'];

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
  if (detail === 'stale-while-revalidate') return 'updating';
  if (detail.startsWith('stale-') || (hit && Number(ttl) <= 0)) return 'stale';
  if (hit) return 'hit';
  if (status === '304') return 'revalidated';
  if (fwd === 'stale') return 'expired';
  return stored ? 'miss' : 'bypass';
}

/** Whether the browser answered from its own cache without asking: nothing crossed the network. */
function cameFromBrowser(url) {
  const entry = performance.getEntriesByName(new URL(url, location.href).href).at(-1);
  return entry !== undefined && entry.transferSize === 0;
}

async function load(url) {
  performance.clearResourceTimings();
  try {
    const response = await fetch(url);
    const body = await response.text();
    const field = response.headers.get('cache-status') ?? '';
    if (field === '') return { outcome: 'error', why: 'no Cache-Status: is this page served by poplet?', field };
    if (cameFromBrowser(url)) return { outcome: 'browser', why: 'the browser had it: the edge was not asked', field, body };
    const status = parseCacheStatus(field);
    const { ttl, detail = '', collapsed } = status;
    const why = WORDS[collapsed ? 'collapsed' : detail] ?? detail.replaceAll('-', ' ');
    return { outcome: outcomeOf(status), age: response.headers.get('age'), ttl, why, field, body };
  } catch {
    return { outcome: 'error', why: 'no answer: is poplet still running?', field: '' };
  }
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
  const bar = element('i');
  bar.style.width = `${(100 * Number(ttl)) / (Number(ttl) + Number(age ?? 0))}%`;
  return [duration(Number(ttl)), element('span', { className: 'meter' }, bar)];
}

/** Browser, edge, origin server: three stations, and the line as far as the request went. */
function trip(outcome) {
  const reach = REACH[outcome] ?? 2;
  const line = element('span', { className: `trip reach-${reach} ${outcome}`, title: REACHED[reach] }, element('i'), element('i'), element('i'));
  line.setAttribute('role', 'img');
  line.setAttribute('aria-label', REACHED[reach]);
  return line;
}

/** A row of the table; what stands in it without JavaScript is what to expect. */
function watch(row) {
  const { url } = row.dataset;
  const [outcome, age, ttl, why, past] = [...row.cells].slice(1);
  const field = element('code');
  const words = element('summary');
  why.replaceChildren(element('details', {}, words, field));
  const history = [];
  return {
    url,
    show(result) {
      history.push(result.outcome);
      outcome.replaceChildren(element('span', { className: `badge ${result.outcome}`, textContent: result.outcome.toUpperCase() }), result.outcome === 'error' ? '' : trip(result.outcome));
      age.replaceChildren(result.age === null || result.age === undefined ? '–' : `${result.age} s`);
      ttl.replaceChildren(...freshness(result.ttl, result.age));
      words.textContent = result.why;
      field.textContent = result.field === '' ? 'no Cache-Status' : `Cache-Status: ${result.field}`;
      const dots = history.slice(-HISTORY).map((one) => element('i', { className: `dot ${one}`, title: one }));
      const line = element('span', { className: 'history' }, ...dots);
      line.setAttribute('role', 'img');
      line.setAttribute('aria-label', history.slice(-HISTORY).join(', '));
      past.replaceChildren(line);
    },
  };
}

/** What is in two of the files, so that an old copy can be told from a new one. */
const CONTENT = {
  '/data/menu.json'({ dishes }) {
    const money = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
    document.querySelector('#dishes').replaceChildren(
      ...dishes.map(({ name, price, picture }) =>
        element('li', {}, element('img', { src: picture, alt: '', width: 160, height: 110 }), element('b', { textContent: name }), element('span', { textContent: money.format(price) })),
      ),
    );
  },
  '/data/weather.json'({ wind, tide, temperature }) {
    document.querySelector('#weather').textContent = `Wind ${wind} · tide ${tide} · ${temperature} °C`;
  },
};

const rows = [...document.querySelectorAll('#rows tr')].map(watch);
const summary = document.querySelector('#summary');
const buttons = [...document.querySelectorAll('button')];

async function loadAll() {
  const counts = new Map();
  for (const row of rows) {
    const result = await load(row.url);
    row.show(result);
    counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
    if (result.body !== undefined) CONTENT[row.url]?.(JSON.parse(result.body));
  }
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(' · ');
}

async function times(count) {
  for (const button of buttons) button.disabled = true;
  let counts = '';
  for (let index = 0; index < count; index++) counts = await loadAll();
  summary.textContent = count === 1 ? counts : `Loaded ${count} times; the last: ${counts}`;
  for (const button of buttons) button.disabled = false;
}

document.querySelector('#once').addEventListener('click', () => times(1));
document.querySelector('#ten').addEventListener('click', () => times(10));
let timer;
document.querySelector('#keep').addEventListener('change', ({ target }) => {
  clearInterval(timer);
  if (target.checked) timer = setInterval(loadAll, 2000);
});
document.querySelector('#address').textContent = location.origin;
document.documentElement.classList.add('live');
await times(1);
