/** The StartOS this server is a match for: packages say which one they need at least. */
export const startosVersion = '0.4.0-beta.10';
