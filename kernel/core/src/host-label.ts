/** From what an owner calls the server to what the network calls it. */

const longest = 40;

/** One DNS label, `Mäxchen's Server` -> `maxchens-server`; `hearth` where nothing is left. */
export function hostLabel(name: string): string {
  const label = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/['’\p{M}]/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replaceAll(/^-+|-+$/g, '');
  // A name that reads as a number or as an internationalised one is taken for something else by some programs.
  return label === '' || /^\d+$/.test(label) || label.startsWith('xn-') || label === 'localhost' ? 'hearth' : label;
}
