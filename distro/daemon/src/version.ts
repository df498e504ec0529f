/** The version of Hearth: one for the whole of it. */
export const version = '0.1.0';
