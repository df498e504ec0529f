/** The rooms of the kernel that are made by a function of its parts. */
import type { PartFactories } from './assembly.ts';
import { createConfined } from './confined/part.ts';
import { createJobs } from './jobs/jobs.ts';
import { createServices } from './services/services.ts';

export const factories: PartFactories = { createConfined, createJobs, createServices };
