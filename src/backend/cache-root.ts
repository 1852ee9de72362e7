import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder of finished builds: $ESPALIER_CACHE, or `espalier` in $XDG_CACHE_HOME, or in ~/.cache. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ESPALIER_CACHE']) return resolve(env['ESPALIER_CACHE']);
  // The XDG rules want a relative path ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') ? xdg : join(homedir(), '.cache'), 'espalier');
}
