import { type Hearth, plugin } from '@hearth/plugin-kit';

interface State {
  times: number;
  last: number | null;
}

const dayMs = 24 * 60 * 60 * 1000;

export default plugin<State>({
  async start({ hearth }) {
    await hearth.timers.every('look', 3600);
  },
  methods: {
    water: async ({ litres }: { litres: number }, { hearth }) => {
      await hearth.state.change((state) => {
        state.times += 1;
        state.last = Date.now();
      });
      hearth.log.info(`watered with ${litres} litres`);
      return { times: hearth.state.read().times };
    },
  },
  timers: {
    look: ({ hearth }) => remind(hearth),
  },
});

async function remind(hearth: Hearth<State>): Promise<void> {
  const { last } = hearth.state.read();
  const dry = last === null || Date.now() - last > dayMs;
  if (dry && hearth.granted('notifications'))
    await hearth.notify({ title: 'The garden is dry', message: 'Nobody has watered it for a day.' });
}
