/** One sentence for the person who typed `npm start`: what is missing and how to get it. Ends the program with code 1. */
export class Refusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refusal';
  }
}
