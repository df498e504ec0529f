/** What an action of a package asks for and what it answers, in the shapes packages use. */

export interface ActionInput {
  readonly eventId: string;
  readonly spec: InputSpec;
  readonly value: Readonly<Record<string, unknown>> | null;
}

export type ActionResultMember =
  | {
      readonly type: 'single';
      readonly name?: string;
      readonly description?: string | null;
      readonly value: string;
      readonly copyable: boolean;
      readonly qr: boolean;
      readonly masked: boolean;
    }
  | {
      readonly type: 'group';
      readonly name?: string;
      readonly description?: string | null;
      readonly value: readonly ActionResultMember[];
    };

export type ActionResult =
  | {
      readonly version: '0';
      readonly message: string;
      readonly value: string | null;
      readonly copyable: boolean;
      readonly qr: boolean;
    }
  | {
      readonly version: '1';
      readonly title: string;
      readonly message: string | null;
      readonly result: ActionResultMember | null;
    };

interface Common {
  readonly name: string;
  readonly description?: string | null;
  readonly warning?: string | null;
  readonly footnote?: string | null;
  /** A sentence why, or the keys of choices that are. */
  readonly disabled?: false | string | readonly string[];
  readonly immutable?: boolean;
}

export interface Pattern {
  readonly regex: string;
  readonly description: string;
}

export type InputField = Common &
  (
    | {
        readonly type: 'text';
        readonly required: boolean;
        readonly default?: string | { readonly charset: string; readonly len: number } | null;
        readonly masked?: boolean;
        readonly inputmode?: string;
        readonly placeholder?: string | null;
        readonly minLength?: number | null;
        readonly maxLength?: number | null;
        readonly patterns?: readonly Pattern[];
        readonly generate?: { readonly charset: string; readonly len: number } | null;
      }
    | {
        readonly type: 'textarea';
        readonly required: boolean;
        readonly default?: string | null;
        readonly placeholder?: string | null;
        readonly minLength?: number | null;
        readonly maxLength?: number | null;
        readonly patterns?: readonly Pattern[];
        readonly minRows?: number;
      }
    | {
        readonly type: 'number';
        readonly required: boolean;
        readonly default?: number | null;
        readonly min?: number | null;
        readonly max?: number | null;
        readonly integer?: boolean;
        readonly step?: number | null;
        readonly units?: string | null;
        readonly placeholder?: string | null;
      }
    | { readonly type: 'toggle'; readonly default?: boolean | null }
    /** On, off, or not said: null. */
    | { readonly type: 'triState'; readonly default?: boolean | null }
    | { readonly type: 'color'; readonly required: boolean; readonly default?: string | null }
    | {
        readonly type: 'datetime';
        readonly required: boolean;
        readonly default?: string | null;
        readonly inputmode?: 'date' | 'time' | 'datetime-local';
        readonly min?: string | null;
        readonly max?: string | null;
      }
    | {
        readonly type: 'select';
        readonly default?: string | null;
        readonly values: Readonly<Record<string, string>>;
      }
    | {
        readonly type: 'multiselect';
        readonly default?: readonly string[];
        readonly values: Readonly<Record<string, string>>;
        readonly minLength?: number | null;
        readonly maxLength?: number | null;
      }
    | { readonly type: 'object'; readonly spec: InputSpec }
    | {
        readonly type: 'union';
        readonly default?: string | null;
        readonly variants: Readonly<Record<string, { readonly name: string; readonly spec: InputSpec }>>;
      }
    | {
        readonly type: 'list';
        readonly default?: readonly unknown[];
        readonly minLength?: number | null;
        readonly maxLength?: number | null;
        readonly spec:
          | (Omit<Extract<InputField, { type: 'text' }>, 'name' | 'required'> & { readonly type: 'text' })
          | {
              readonly type: 'object';
              readonly spec: InputSpec;
              /** `{{name}}, {{age}}`. */
              readonly displayAs?: string | null;
            };
      }
    | { readonly type: 'file'; readonly required: boolean; readonly extensions?: readonly string[] }
    | { readonly type: 'hidden' }
  );

export type InputSpec = Readonly<Record<string, InputField>>;
