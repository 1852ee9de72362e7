#!/usr/bin/env node
// Plain JavaScript for old versions of Node: it makes sure that the program runs on the version it needs. This is why
// package.json asks for Node 20 while the dependencies want 22: on 20 and 21 the command runs itself again on the
// Node 24 of the npm package "node", which comes with Espalier.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 22;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
} else {
  runOn(ownNode());
}

/** The Node.js that comes with Espalier, in the npm package `node`; null when it is not there. */
function ownNode() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  } catch {
    return null;
  }
}

function runOn(node) {
  if (node === null) return explain('the npm package "node", which brings it, is not installed: run npm ci');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => explain(`the one of the npm package "node" does not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function explain(reason) {
  console.error(`espalier: needs Node.js ${NEEDED_MAJOR} or newer, this is ${process.versions.node}; ${reason}`);
  process.exitCode = 2;
}
