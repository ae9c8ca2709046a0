package dev.weft.control;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// Why a file could not be used, for people: the exceptions of `java.nio.file` say only which.
final class FileReason {
  private FileReason() {}

  static String of(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "it is not a folder";
      case FileSystemException e -> orElse(e.getReason(), "the system gives no reason");
      default -> orElse(failure.getMessage(), failure.getClass().getSimpleName());
    };
  }

  private static String orElse(@Nullable String text, String other) {
    return text == null ? other : text;
  }
}
