import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compile the sources: tests of the command line and the examples use the package as its users do. */
export default function setup(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  // Wrong types are the linter's business: what does not import the file in question can still be tested.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--noCheck'], { cwd: root, stdio: 'inherit' });
}
