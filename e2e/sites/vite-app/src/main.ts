import '@fontsource/pacifico/latin-400.css';
import './style.css';
import { title } from './title.ts';

const heading = document.querySelector('h1') as HTMLElement;
const main = document.querySelector('main') as HTMLElement;

// Each view is a chunk of its own, fetched when it is first wanted.
const views: Readonly<Record<string, () => Promise<{ show(into: HTMLElement): unknown }>>> = {
  gallery: () => import('./gallery.ts'),
  tides: () => import('./tides.ts'),
};

heading.textContent = title;
for (const button of document.querySelectorAll<HTMLElement>('[data-view]')) {
  button.addEventListener('click', () => void open(button.dataset['view'] ?? ''));
}

async function open(name: string): Promise<void> {
  const view = await views[name]?.();
  await view?.show(main);
}

import.meta.hot?.accept('./title.ts', (changed) => {
  heading.textContent = changed?.['title'] ?? '';
});
