// impair A B DELAY_US LOSS_PERCENT SEED: forwards frames between two network devices, late, and not all of them.
//
// Each direction loses independently; the same seed loses by the same dice. Offloads of the devices must be off, or
// frames are larger than the wire's.
#define _GNU_SOURCE
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

enum { WAITING = 1 << 15, LARGEST = 2048, BURST = 64 };

struct frame {
  int64_t due;
  int length;
  unsigned char bytes[LARGEST];
};

// The delay is the same for all frames, so each direction is a queue.
struct direction {
  int in, out;
  unsigned head, tail;
  uint64_t dice;
  struct frame *frames;
};

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static double percent(uint64_t *dice) {  // xorshift64
  *dice ^= *dice << 13;
  *dice ^= *dice >> 7;
  *dice ^= *dice << 17;
  return (double)(*dice >> 11) * 100 / 9007199254740992.0;
}

static int open_device(const char *name) {
  int on = 1, size = 16 << 20;
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL));
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
  if (fd < 0 || address.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
    perror(name);
    exit(1);
  }
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  return fd;
}

static void take(struct direction *d, int64_t delay, double loss) {
  for (int i = 0; i < BURST && d->tail - d->head < WAITING; i++) {
    struct frame *f = &d->frames[d->tail % WAITING];
    ssize_t length = recv(d->in, f->bytes, LARGEST, MSG_TRUNC);
    if (length <= 0) return;
    if (length > LARGEST) {
      fprintf(stderr, "a frame of %zd bytes: are offloads off?\n", length);
      continue;
    }
    if (percent(&d->dice) < loss) continue;
    f->length = (int)length;
    f->due = now() + delay;
    d->tail++;
  }
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: impair A B DELAY_US LOSS_PERCENT SEED\n");
    return 2;
  }
  int a = open_device(argv[1]), b = open_device(argv[2]);
  int64_t delay = atoll(argv[3]) * 1000;
  double loss = atof(argv[4]);
  uint64_t seed = strtoull(argv[5], NULL, 10) * 0x9e3779b97f4a7c15ULL | 1;
  struct direction ways[2] = {{.in = a, .out = b, .dice = seed}, {.in = b, .out = a, .dice = ~seed}};
  for (int i = 0; i < 2; i++) ways[i].frames = calloc(WAITING, sizeof(struct frame));
  for (;;) {
    int64_t next = now() + 100000000;
    for (int i = 0; i < 2; i++) {
      struct direction *d = &ways[i];
      int64_t t = now();
      for (; d->head != d->tail && d->frames[d->head % WAITING].due <= t; d->head++) {
        struct frame *f = &d->frames[d->head % WAITING];
        send(d->out, f->bytes, (size_t)f->length, 0);
      }
      if (d->head != d->tail && d->frames[d->head % WAITING].due < next) next = d->frames[d->head % WAITING].due;
    }
    int64_t wait = next - now();
    if (wait < 0) wait = 0;
    struct timespec t = {wait / 1000000000, wait % 1000000000};
    struct pollfd polled[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
    ppoll(polled, 2, &t, NULL);
    for (int i = 0; i < 2; i++) {
      if (polled[i].revents & POLLIN) take(&ways[i], delay, loss);
    }
  }
}
