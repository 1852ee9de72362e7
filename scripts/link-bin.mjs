// npm links the programs of packages into node_modules/.bin, but not those of the package it stands in. With this link
// `npx espalier` works inside a clone, and runs on the Node.js of the npm package `node`, which npx puts on the path.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';

const folder = new URL('../node_modules/.bin/', import.meta.url);
const link = new URL('espalier', folder);

mkdirSync(folder, { recursive: true });
rmSync(link, { force: true });
symlinkSync('../../bin/espalier.js', link);
