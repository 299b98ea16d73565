import { describe, expect, test } from 'vitest';
import { hasHashedName } from '@poplet/origin';

describe('names that carry a hash', () => {
  test.each([
    // Vite, Rollup
    '/assets/index-DiwrgTda.js',
    '/assets/index-B-x_9kQ2.js',
    '/assets/index--xB9_kQ2.css',
    '/assets/editorWorkerHost-B_VpI68A.js',
    '/assets/lang-049xrXrp.js',
    '/index.1a2b3c4d.js',
    // webpack, Create React App
    '/static/js/main.8e0d62a03b6cf4d5c0a1.js',
    '/static/js/2.f3a9b1c2.chunk.js',
    '/static/css/main.a1b2c3d4.chunk.css',
    '/static/js/main.a1b2c3d4.js.map',
    '/runtime~main.3f2a9c1b.js',
    // esbuild, Angular
    '/chunk-4ZQJBQ7C.js',
    '/chunk-ABCDEFGH.js',
    '/main-6RYNDZ4L.js',
    '/polyfills-B6TNHZQ6.js',
    '/styles-5INURTSO.css',
    '/main.5d2c7f6b1e9a3d4f.js',
    // Next.js
    '/_next/static/chunks/framework-64ad27b21261a9ce.js',
    '/_next/static/css/a1b2c3d4e5f60718.css',
    '/_next/static/9f8e7d/_buildManifest.js',
    '/media/c9a5bc6a7c948fb0-s.p.woff2',
    // SvelteKit, Astro, Nuxt
    '/_app/immutable/entry/start.js',
    '/_astro/hoisted.D8f3k2lQ.js',
    '/_nuxt/entry.a1b2c3d4.js',
    // Parcel, Gatsby, Hugo, Rails
    '/index.5f2a9c1b.js',
    '/app-6c4b8b8ac4e8e2a6d4c7.js',
    '/style.min.0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9.css',
    '/application-0a1b2c3d4e5f60718293a4b5c6d7e8f9.css',
    '/style_3f2a9c1b.css',
    '/logo.3F2A9C1B.svg',
    '/0a1b2c3d4e5f60718293.png',
  ])('%s', (pathname) => {
    expect(hasHashedName(pathname)).toBe(true);
  });
});

describe('names that only look like it', () => {
  test.each([
    '/',
    '/index.html',
    '/favicon.ico',
    '/README',
    '/sw.js',
    // qualifiers
    '/jquery.slim.min.js',
    '/bootstrap.bundle.js',
    '/react.production.min.js',
    '/react-dom.development.js',
    '/vendor.chunk.js',
    '/three.module.js',
    // words
    '/component-library.js',
    '/inter-latin-regular.woff2',
    '/swagger-ui-bundle.js',
    '/doc-TEMPLATE.pdf',
    '/logo-FACEBOOK.svg',
    '/data-UPSTREAM.json',
    '/angular-deadbeef.js',
    // words run together
    '/jquery-DataTables.js',
    '/ui-DropDown.js',
    '/ui-MyWidget.js',
    '/foo.MyComponent.js',
    '/lib-JSONViewer.js',
    '/my-XMLHttpRequest.js',
    '/my-Background2.png',
    '/toolbarButton-rotateCcw.svg',
    // dates, sizes, versions, numbers
    '/2024-report.pdf',
    '/report-20240115.pdf',
    '/screenshot-2024-01-15.png',
    '/IMG_20231107_123456.jpg',
    '/DSC01234.jpg',
    '/photo-DSC01234.jpg',
    '/photo-1920x1080.jpg',
    '/apple-touch-icon-180x180.png',
    '/jquery-3.7.1.min.js',
    '/lib.v12345678.js',
    '/background-1234567890.jpg',
    '/video-1080p60fps.mp4',
    '/windows-Windows10.iso',
    '/iphone15pro.png',
    '/chapter-CHAPTER2.html',
    '/my-cafe2024.html',
    '/covid19map.js',
    // the name of an upload, not of its content
    '/550e8400-e29b-41d4-a716-446655440000.jpg',
  ])('%s', (pathname) => {
    expect(hasHashedName(pathname)).toBe(false);
  });
});
