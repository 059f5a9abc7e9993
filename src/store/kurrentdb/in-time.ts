/** The answer, unless it takes longer than so many milliseconds: then the error for that. */
export async function inTime<Answer>(answer: Promise<Answer>, time: number, late: () => Error): Promise<Answer> {
  const over = Promise.withResolvers<never>();
  const timer = setTimeout(() => over.reject(late()), time);
  try {
    return await Promise.race([answer, over.promise]);
  } finally {
    clearTimeout(timer);
  }
}
