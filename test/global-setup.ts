import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compile the sources: tests of the command line and the examples use the package as its users do. */
export default function setup(): void {
  execFileSync('tsc', { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' });
}
