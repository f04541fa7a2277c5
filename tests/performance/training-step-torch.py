"""A training step of the bench's transformer in PyTorch on the CPU, to set beside `lathe bench ... --only training-step`.

8 pre-norm blocks of width 144 (4 heads, 576 inside, Gelu), 80 features in, 32 classes out; batch 16 x 75 frames, CTC of 20
labels, clipping to norm 1, AdamW. Prints the medians of 20 steps; the arguments are the number of threads (1).

Run: python3 tests/performance/training-step-torch.py 1
"""
import os
import statistics
import sys
import time

# OpenBLAS has threads of its own, which torch.set_num_threads does not limit; on top of torch's they only stand in line.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
try:
    import torch
except ImportError:
    print("skipped: this Python has no torch")
    sys.exit(0)

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 1
torch.set_num_threads(threads)
torch.manual_seed(1)
WIDTH, HEADS, INNER, BLOCKS, FEATURES, CLASSES = 144, 4, 576, 8, 80, 32


def attention(q, k, v):
    """softmax(q·kᵀ / √width)·v; PyTorch before 2.0 has no fused one."""
    fused = getattr(torch.nn.functional, "scaled_dot_product_attention", None)
    return fused(q, k, v) if fused else (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1) @ v


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
        self.q, self.k, self.v, self.out = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = torch.nn.Linear(WIDTH, INNER), torch.nn.Linear(INNER, WIDTH)

    def forward(self, x):
        n = self.norm1(x)
        heads = lambda y: y.unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2)
        mixed = attention(heads(self.q(n)), heads(self.k(n)), heads(self.v(n)))
        x = x + self.out(mixed.transpose(1, 2).flatten(-2))
        return x + self.down(torch.nn.functional.gelu(self.up(self.norm2(x))))


model = torch.nn.Sequential(
    torch.nn.Linear(FEATURES, WIDTH), *(Block() for _ in range(BLOCKS)), torch.nn.LayerNorm(WIDTH), torch.nn.Linear(WIDTH, CLASSES)
)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
features = torch.randn(16, 75, FEATURES)
labels = torch.randint(1, CLASSES, (16, 20))
counts, frames = torch.full((16,), 20), torch.full((16,), 75)
times, processor_times = [], []
for _ in range(21):
    start, processor_start = time.perf_counter(), time.process_time()
    optimizer.zero_grad(set_to_none=True)
    log_probabilities = model(features).log_softmax(-1).transpose(0, 1)
    loss = torch.nn.functional.ctc_loss(log_probabilities, labels, frames, counts, reduction="none").mean()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    times.append(1000 * (time.perf_counter() - start))
    processor_times.append(1000 * (time.process_time() - processor_start))
parameters = sum(p.numel() for p in model.parameters())
print(f"torch {torch.__version__}, {threads} thread(s), {parameters} parameters: {statistics.median(times[1:]):.1f} ms a step, "
      f"{statistics.median(processor_times[1:]):.1f} ms of processor time")
