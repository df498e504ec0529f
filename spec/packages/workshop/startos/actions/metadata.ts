/** What the owner sees of an action, with the usual answers filled in. */
export const metadata = (name: string, more: object = {}) => ({
  name,
  description: `${name}, as the example does it`,
  warning: null,
  allowedStatuses: 'any' as const,
  group: null,
  visibility: 'enabled' as const,
  ...more,
});

/** A result of one value. */
export const single = (title: string, value: unknown) => ({
  version: '1' as const,
  title,
  message: null,
  result: {
    type: 'single' as const,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    copyable: true,
    qr: false,
    masked: false,
  },
});
