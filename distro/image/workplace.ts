/** What the steps of a build share. */

/** Says what a step is at. */
export type Tell = (detail: string) => void;

export interface Workplace {
  /** Everything half-made; removed before and after each build. */
  readonly work: string;
  /** Kept between builds: package sets by hash. */
  readonly cache: string;
  /** Seconds; every time stamp in the image. */
  readonly epoch: number;
}
