import * as z from 'zod/mini';

const tidesSchema = z.object({ place: z.string(), heightsMetres: z.array(z.number()) });

export async function show(into: HTMLElement): Promise<void> {
  const response = await fetch('/tides.json');
  const { place, heightsMetres } = tidesSchema.parse(await response.json());
  const heading = document.createElement('h2');
  heading.textContent = `Tides at ${place}`;
  into.replaceChildren(heading, chart(heightsMetres));
}

function chart(heightsMetres: readonly number[]): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = heightsMetres.length * 32;
  canvas.height = 200;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  for (const [index, height] of heightsMetres.entries()) {
    const top = canvas.height - (height / 4) * canvas.height;
    context.fillStyle = `hsl(205 60% ${70 - height * 10}%)`;
    context.fillRect(index * 32, top, 28, canvas.height - top);
  }
  return canvas;
}
