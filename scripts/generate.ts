/** Writes down what follows from the method table and the error tables: references and types. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles, root } from './generate/files.ts';

for (const [path, text] of await generatedFiles()) await writeFile(join(root, path), text);
