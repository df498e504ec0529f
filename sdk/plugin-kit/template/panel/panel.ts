import { connect } from '@hearth/plugin-kit/panel';

interface State {
  readonly times: number;
  readonly last: number | null;
}

const element = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`) ?? document.body;

const panel = await connect<State>();
panel.watch(({ times, last }) => {
  element('times').textContent = String(times);
  element('last').textContent = last === null ? '' : `Last on ${new Date(last).toLocaleString()}.`;
});
element('water').addEventListener('click', () => void panel.call('water', { litres: 5 }));
