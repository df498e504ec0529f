/** The plugin a manifest names that wants to give addresses to services of others. A file without schemas: the page reads it. */
export const urlPlugin = 'url-v0';
