#!/usr/bin/env node
/** The `hearth` command. */
import { run } from './program.ts';

// Whoever reads the rest has gone: `hearth ... | head`.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(141);
  });

process.exitCode = await run(process.argv.slice(2));
