import { msg } from '@lit/localize';
import { css, html } from 'lit';
import { base } from '../styles/base.ts';
import { fingerprint } from '../words/numbers.ts';
import { define, HearthElement } from './element.ts';
import './button.ts';
import './icon.ts';
import './copy.ts';

type Device = 'mac' | 'ios' | 'windows' | 'android' | 'linux' | 'firefox';

/** How to make a device trust the server's own certificates: download, install, done. */
export class HearthTrustGuide extends HearthElement {
  static override properties = { fingerprint: {}, device: { state: true } };
  static override styles = [
    base,
    css`
      details {
        border-block-end: 1px solid var(--line);
      }
      summary {
        display: flex;
        align-items: center;
        gap: 0.7rem;
        padding-block: 0.85rem;
        font-weight: 600;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary hearth-icon:last-child {
        margin-inline-start: auto;
        transition: transform 160ms;
      }
      details[open] summary hearth-icon:last-child {
        transform: rotate(180deg);
      }
      ol {
        padding-inline-start: 1.4rem;
        padding-block-end: 1.1rem;
        display: grid;
        gap: 0.4rem;
      }
      .print {
        font-family: var(--font-code);
        font-size: 0.82rem;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare fingerprint: string | null;
  declare device: Device;

  constructor() {
    super();
    this.fingerprint = null;
    this.device = guessDevice(navigator.userAgent);
  }

  override render(): unknown {
    return html`<div class="stack">
      <div class="row">
        <hearth-button variant="primary" icon="download" href="/ca.crt" download="hearth-root-ca.crt"
          >${msg('Download the certificate')}</hearth-button
        >
      </div>
      ${
        this.fingerprint === null || this.fingerprint === ''
          ? ''
          : html`<div>
            <p class="small soft">${msg('Its fingerprint (SHA-256), to compare with what your device shows:')}</p>
            <p class="print">
              ${fingerprint(this.fingerprint)}
              <hearth-copy value=${fingerprint(this.fingerprint)} label=${msg('Copy fingerprint')}></hearth-copy>
            </p>
          </div>`
      }
      <div>
        ${devices().map(
          ({ device, icon, name, steps }) => html`<details ?open=${device === this.device} name="device">
            <summary>
              <hearth-icon name=${icon}></hearth-icon>${name}<hearth-icon name="chevron-down"></hearth-icon>
            </summary>
            <ol>
              ${steps.map((step) => html`<li>${step}</li>`)}
            </ol>
          </details>`,
        )}
      </div>
    </div>`;
  }
}

export function guessDevice(userAgent: string): Device {
  if (/iPhone|iPad/.test(userAgent)) return 'ios';
  if (userAgent.includes('Android')) return 'android';
  if (userAgent.includes('Firefox')) return 'firefox';
  if (userAgent.includes('Mac OS X')) return 'mac';
  return userAgent.includes('Windows') ? 'windows' : 'linux';
}

function devices(): readonly { device: Device; icon: string; name: string; steps: readonly string[] }[] {
  return [
    {
      device: 'mac',
      icon: 'monitor',
      name: msg('Mac'),
      steps: [
        msg('Open the file you downloaded: Keychain Access asks where to keep it. Choose “login”.'),
        msg('Find “Hearth” in the list, open it, and unfold “Trust”.'),
        msg('Set “When using this certificate” to “Always Trust”, close the window, and enter your Mac password.'),
      ],
    },
    {
      device: 'ios',
      icon: 'smartphone',
      name: msg('iPhone and iPad'),
      steps: [
        msg('Open this page in Safari and download the certificate; allow the profile.'),
        msg('In Settings, tap “Profile Downloaded”, then “Install”.'),
        msg('Then Settings → General → About → Certificate Trust Settings: switch Hearth on.'),
      ],
    },
    {
      device: 'windows',
      icon: 'monitor',
      name: msg('Windows'),
      steps: [
        msg('Open the file you downloaded and choose “Install Certificate…”, for the current user.'),
        msg('Choose “Place all certificates in the following store” → “Trusted Root Certification Authorities”.'),
        msg('Finish, and confirm the question about the fingerprint.'),
      ],
    },
    {
      device: 'android',
      icon: 'smartphone',
      name: msg('Android'),
      steps: [
        msg('In Settings, search for “CA certificate” (often Security → Encryption & credentials → Install).'),
        msg('Choose “CA certificate”, accept the warning, and pick the file you downloaded.'),
      ],
    },
    {
      device: 'linux',
      icon: 'terminal',
      name: msg('Linux'),
      steps: [
        msg(
          'Debian, Ubuntu: copy the file to /usr/local/share/ca-certificates/ and run “sudo update-ca-certificates”.',
        ),
        msg('Fedora: copy it to /etc/pki/ca-trust/source/anchors/ and run “sudo update-ca-trust”.'),
        msg(
          'Chrome and Chromium keep their own list: Settings → Privacy and security → Security → Manage certificates → Authorities → Import.',
        ),
      ],
    },
    {
      device: 'firefox',
      icon: 'monitor',
      name: msg('Firefox, on any computer'),
      steps: [
        msg('Settings → Privacy & Security → Certificates → View Certificates → Authorities → Import.'),
        msg('Pick the file you downloaded and tick “Trust this CA to identify websites”.'),
      ],
    },
  ];
}

define('hearth-trust-guide', HearthTrustGuide);
