/** What the guest's environment tells a script. */
export const language: string = process.env['LANG'] ?? '';
