/** The configuration: defaults, files, environment and flags, read once, frozen. */
export interface KernelConfig {
  readonly data: string;
  readonly run: string;
  readonly port: number;
  readonly httpPort: number;
  /** Multiplies every deadline: 1, or 10 on a machine without hardware virtualisation. */
  readonly deadlineScale: number;
}
