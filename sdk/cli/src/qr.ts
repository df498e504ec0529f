/** A QR code in a terminal: two rows of squares to a line, dark on light whatever the terminal's own colours. */
import { encode } from 'uqr';

const darkOnLight = '\u001b[30;107m';
const asBefore = '\u001b[0m';

/** Lines; null where it would not fit into so many columns, or holds more than a QR code does. */
export function qrLines(value: string, columns: number): string[] | null {
  const squares = squaresOf(value);
  if (squares === null || (squares[0]?.length ?? 0) > columns) return null;
  const lines: string[] = [];
  for (let y = 0; y < squares.length; y += 2) {
    const [upper = [], lower = []] = [squares[y], squares[y + 1]];
    lines.push(`${darkOnLight}${upper.map((dark, x) => block(dark, lower[x] === true)).join('')}${asBefore}`);
  }
  return lines;
}

function squaresOf(value: string): readonly (readonly boolean[])[] | null {
  try {
    return encode(value, { border: 2 }).data;
  } catch {
    return null;
  }
}

function block(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀';
  return lower ? '▄' : ' ';
}
