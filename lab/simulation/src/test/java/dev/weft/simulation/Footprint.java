package dev.weft.simulation;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/// Counts what an object of ours keeps alive: our own objects, arrays by their length, and the
/// contents of collections. An upper bound on what a stranger can make it keep is a bound on
/// memory. What the simulation keeps behind a core's output is not the core's.
final class Footprint {
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> queue = new ArrayDeque<>();
  private long units;

  /// Objects and array elements reachable from `root`.
  static long of(Object root) {
    Footprint footprint = new Footprint();
    footprint.visit(root);
    while (!footprint.queue.isEmpty()) {
      footprint.expand(footprint.queue.remove());
    }
    return footprint.units;
  }

  private void visit(Object object) {
    if (object != null && !isHarness(object) && seen.add(object)) {
      queue.add(object);
    }
  }

  private static boolean isHarness(Object object) {
    return object.getClass().getPackage() == Footprint.class.getPackage();
  }

  private void expand(Object object) {
    units++;
    switch (object) {
      case Map<?, ?> map ->
          map.forEach((key, value) -> {
            visit(key);
            visit(value);
          });
      case Collection<?> collection -> collection.forEach(this::visit);
      case Object[] array -> {
        for (Object element : array) {
          visit(element);
        }
      }
      default -> {
        if (object.getClass().isArray()) {
          units += Array.getLength(object);
        } else if (object.getClass().getName().startsWith("dev.weft.")) {
          visitFields(object);
        }
      }
    }
  }

  private void visitFields(Object object) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        boolean isReference =
            !field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers());
        if (isReference && type.getName().startsWith("dev.weft.")) {
          visit(read(field, object));
        }
      }
    }
  }

  private static Object read(Field field, Object of) {
    try {
      field.setAccessible(true);
      return field.get(of);
    } catch (IllegalAccessException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
