import { setupI18n } from '@start9labs/start-sdk';

const dictionary = { 'Web page': 0, 'The page is ready': 1, 'Made ${count} of ${most} on ${day}': 2 } as const;
const translations = {
  de_DE: { 0: 'Webseite', 1: 'Die Seite ist bereit', 2: '${count} von ${most} am ${day} gemacht' },
};

/** In the language of the server. */
export const i18n = setupI18n(dictionary, translations, 'en_US');
