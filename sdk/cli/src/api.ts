/** What is known of a method of the API without asking a box: made from the method table (methods.gen.ts). */
export interface ParameterFacts {
  readonly name: string;
  /** `secret`: read from a file, never from the command line. `json`: anything deeper than a list of texts. */
  readonly kind: 'text' | 'secret' | 'number' | 'switch' | 'list' | 'json';
  readonly required: boolean;
  readonly about?: string;
  readonly choices?: readonly string[];
}

export interface MethodFacts {
  readonly name: string;
  readonly about: string;
  readonly allow: 'anyone' | 'viewer' | 'admin' | 'owner';
  /** It begins a job, which is followed. */
  readonly job: boolean;
  readonly parameters: readonly ParameterFacts[];
}
