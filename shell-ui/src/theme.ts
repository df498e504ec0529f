/** Light, dark, or as the device says. Kept per browser: it is nobody else's business. */

export type Theme = 'auto' | 'light' | 'dark';

const key = 'hearth.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function readTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  const isDark = theme === 'dark' || (theme === 'auto' && dark.matches);
  document.documentElement.classList.toggle('wa-dark', isDark);
  document.documentElement.classList.toggle('wa-light', !isDark);
}

/** Applies what was kept and follows the device from now on. */
export function startTheme(): void {
  applyTheme(readTheme());
  dark.addEventListener('change', () => applyTheme(readTheme()));
}
