import './gallery.css';
import dusk from './images/dusk.jpg';
import noon from './images/noon.png';

const pictures: readonly (readonly [source: string, name: string])[] = [
  [noon, 'Noon'],
  [dusk, 'Dusk'],
];

export function show(into: HTMLElement): void {
  const gallery = document.createElement('div');
  gallery.className = 'gallery';
  for (const [source, name] of pictures) {
    const picture = document.createElement('img');
    picture.src = source;
    picture.alt = name;
    gallery.append(picture);
  }
  into.replaceChildren(gallery);
}
