import './icons.ts';
import { startTheme } from './theme.ts';
import './views/app.ts';

startTheme();
