/** After the quick tests: nothing of theirs may be left. */
import { closeTemporary } from './temporary.ts';

export default function teardown(): void {
  const left = closeTemporary(process.env);
  if (left.length > 0) throw new Error(`Tests left ${left.length} things in the temporary folder:\n${left.join('\n')}`);
}
