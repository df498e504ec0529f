/** Before the quick tests. */
import { openTemporary } from './temporary.ts';

export default function setup(): void {
  openTemporary(process.env);
}
