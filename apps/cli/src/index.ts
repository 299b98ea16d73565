/** For `poplet.config.ts`: what the package exports beside its command. */
export { defineConfig, type PopletConfig, type SiteConfig } from '@poplet/cdn';
