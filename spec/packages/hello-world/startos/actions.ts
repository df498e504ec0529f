import { sdk } from './sdk';
import { store } from './store';

const { InputSpec, Value } = sdk;

const greetingSpec = InputSpec.of({
  greeting: Value.text({
    name: 'Greeting',
    description: 'What the page says',
    required: true,
    default: 'Hello',
    minLength: 1,
    maxLength: 40,
  }),
});

const setGreeting = sdk.Action.withInput(
  'set-greeting',
  async () => ({
    name: 'Set greeting',
    description: 'Changes what the page says',
    warning: null,
    allowedStatuses: 'any',
    group: null,
    visibility: 'enabled',
  }),
  greetingSpec,
  async () => ({ greeting: (await store.read((s) => s.greeting).once()) ?? 'Hello' }),
  async ({ effects, input }) => {
    await store.merge(effects, { greeting: input.greeting });
  },
);

const showGreeting = sdk.Action.withoutInput(
  'show-greeting',
  async () => ({
    name: 'Show greeting',
    description: 'Shows what the page says',
    warning: null,
    allowedStatuses: 'any',
    group: null,
    visibility: 'enabled',
  }),
  async () => ({
    version: '1',
    title: 'Greeting',
    message: null,
    result: {
      type: 'single',
      value: (await store.read((s) => s.greeting).once()) ?? 'none',
      copyable: true,
      qr: false,
      masked: false,
    },
  }),
);

export const actions = sdk.Actions.of().addAction(setGreeting).addAction(showGreeting);
