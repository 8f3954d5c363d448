import { z } from 'zod';

// A command reads a handful of objects: what compiles a reader for each shape first takes longer than reading them as they are.
z.config({ jitless: true });
