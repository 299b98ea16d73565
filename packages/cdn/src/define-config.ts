import type { PopletConfig } from './config.ts';

/** For `export default defineConfig({…})`: checks the types, changes nothing. */
export function defineConfig(config: PopletConfig): PopletConfig {
  return config;
}
