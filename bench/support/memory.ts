/** The most memory the process has had while it was watched: resident pages in MiB, those of mapped files included. */
export class MemoryWatch {
  #most = 0;

  /** Looks at the memory now; called from inside the work, since a timer would not get its turn. */
  look(): void {
    this.#most = Math.max(this.#most, process.memoryUsage.rss());
  }

  get mebibytes(): number {
    this.look();
    return Math.round(this.#most / 1024 / 1024);
  }
}
