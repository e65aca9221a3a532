package dev.tenancy.benchmarks;

/** What both models' tasks have in common. */
interface Task {

    void assign(String name, Customer customer);
}
