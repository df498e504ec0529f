/**
 * Takes Hearth's session out of every request that goes to a service.
 *
 * A browser sends cookies to every port of a host. Service names differ from Hearth's, but the cookie is taken out all
 * the same: a wrong name would otherwise hand the owner's session to a stranger's program.
 */
const cookie = String.raw`__Host-hearth\s*=`;

/** Removes one occurrence a pass; whatever is built to survive three passes loses its Cookie header altogether. */
export const cookieMaps = ['$http_cookie', '$hearth_cookie_1', '$hearth_cookie_2']
  .map(
    (from, pass) => `  map ${from} $hearth_cookie_${pass + 1} {
    default ${from};
    "~*^(?<before${pass}>|.*;)\\s*${cookie}[^;]*(?:;\\s*(?<after${pass}>.*))?$" "$before${pass} $after${pass}";
  }`,
  )
  .concat(
    String.raw`  map $hearth_cookie_3 $hearth_cookie {
    default $hearth_cookie_3;
    "~*(?:^|;)\s*${cookie}" '';
    "~^\s*(?<trimmed>\S(?:.*[^;\s])?)[;\s]*$" $trimmed;
    "~^[;\s]*$" '';
  }`,
  )
  .join('\n');

/** What a service gets as its Cookie header. */
export const servicesCookie = '$hearth_cookie';

/** Headers that never reach a service: an empty value removes them. */
export const forServices = ["X-Hearth-Token ''"] as const;
