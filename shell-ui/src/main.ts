import './icons.ts';
import './words/locale.ts';
import { startTheme } from './theme.ts';
import './views/app.ts';

startTheme();
