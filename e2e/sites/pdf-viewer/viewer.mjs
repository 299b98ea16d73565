import * as pdfjs from './build/pdf.min.mjs';

// The components of web/ expect the library under this name.
globalThis.pdfjsLib = pdfjs;
const { EventBus, PDFLinkService, PDFViewer } = await import('./web/pdf_viewer.mjs');

pdfjs.GlobalWorkerOptions.workerSrc = '/build/pdf.worker.min.mjs';

const eventBus = new EventBus();
const linkService = new PDFLinkService({ eventBus });
const viewer = new PDFViewer({
  container: document.querySelector('#container'),
  eventBus,
  linkService,
});
linkService.setViewer(viewer);
globalThis.viewer = viewer;

const almanac = await pdfjs.getDocument({
  url: '/almanac.pdf',
  // Only the pages that are looked at: everything after the first response is ranges.
  disableAutoFetch: true,
  disableStream: true,
  useSystemFonts: false,
  cMapUrl: '/cmaps/',
  standardFontDataUrl: '/standard_fonts/',
  wasmUrl: '/wasm/',
  iccUrl: '/iccs/',
}).promise;
viewer.setDocument(almanac);
linkService.setDocument(almanac);
