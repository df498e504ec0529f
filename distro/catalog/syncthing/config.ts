/** What Hearth changes in Syncthing's config.xml, as text: everything else stays as Syncthing wrote it. */

function set(xml: string, tag: string, value: string): string {
  return xml.replace(new RegExp(`<${tag}>[^<]*</${tag}>`), `<${tag}>${value}</${tag}>`);
}

/** Once, when it is installed: the owner may change all of it later. */
export function installed(xml: string): string {
  const settings: readonly [tag: string, value: string][] = [
    // No usage reports, no crash reports, and nobody need ask.
    ['urAccepted', '-1'],
    ['crashReportingEnabled', 'false'],
    ['startBrowser', 'false'],
    // New versions come with new packages.
    ['autoUpgradeIntervalH', '0'],
    // Inside a container there is no router to be asked and no neighbour to be called.
    ['natEnabled', 'false'],
    ['localAnnounceEnabled', 'false'],
  ];
  const named = xml.replace(/(<device id="[^"]+" name=")[^"]*"/, '$1Hearth"');
  return settings.reduce((text, [tag, value]) => set(text, tag, value), named);
}

/**
 * At every start. Hearth's proxy reaches the page from outside, by names Syncthing does not know, and ends TLS itself.
 */
export function hardened(xml: string): string {
  return xml.replace(/<gui enabled="[^"]*" tls="[^"]*"([^>]*)>([\s\S]*?)<\/gui>/, (_, rest: string, inner: string) => {
    const address = set(inner, 'address', '0.0.0.0:8384').replace(
      /\s*<insecureSkipHostcheck>[^<]*<\/insecureSkipHostcheck>/,
      '',
    );
    const skip = '        <insecureSkipHostcheck>true</insecureSkipHostcheck>\n    ';
    return `<gui enabled="true" tls="false"${rest}>${address.trimEnd()}\n${skip}</gui>`;
  });
}

/** Whether the page asks for user and password. */
export function gated(xml: string): boolean {
  const gui = /<gui [\s\S]*?<\/gui>/.exec(xml)?.[0] ?? '';
  return /<user>[^<]+<\/user>/.test(gui) && /<password>[^<]+<\/password>/.test(gui);
}
