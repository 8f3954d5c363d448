/** So much of something at once, and no more. */
export interface Room {
  /** Answers how to leave it again, any number of times; undefined: it is full. */
  enter(size: number): (() => void) | undefined;
}

/** Keeps memory bounded however slow Temporal is: what does not fit is asked to come again. One alone always fits. */
export function openRoom(most: number): Room {
  let taken = 0;
  return {
    enter(size) {
      if (taken > 0 && taken + size > most) return undefined;
      taken += size;
      let isIn = true;
      return () => {
        if (isIn) taken -= size;
        isIn = false;
      };
    },
  };
}
