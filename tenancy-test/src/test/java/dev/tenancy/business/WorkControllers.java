package dev.tenancy.business;

import dev.tenancy.spring.Problem;
import jakarta.persistence.EntityManager;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/employees")
class EmployeeController {

    record Dto(
            UUID id,
            UUID managerId,
            @NotBlank String name,
            @NotBlank @Email String email,
            @PositiveOrZero BigDecimal hourlyRate,
            LocalDate hiredOn) {

        static Dto of(Employee row) {
            return new Dto(
                    row.getId(),
                    row.manager == null ? null : row.manager.getId(),
                    row.name,
                    row.email,
                    row.hourlyRate,
                    row.hiredOn);
        }
    }

    private final Employees employees;
    private final Prices prices;

    EmployeeController(Employees employees, Prices prices) {
        this.employees = employees;
        this.prices = prices;
    }

    @GetMapping
    List<Dto> list() {
        return employees.findAll().stream().map(Dto::of).toList();
    }

    @GetMapping("/{id}")
    Dto one(@PathVariable UUID id) {
        return Dto.of(Found.in(employees.findById(id)));
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public Dto add(@Valid @RequestBody Dto form) {
        return Dto.of(employees.saveAndFlush(filled(new Employee(), form)));
    }

    @PutMapping("/{id}")
    @Transactional
    public Dto replace(@PathVariable UUID id, @Valid @RequestBody Dto form) {
        return Dto.of(employees.saveAndFlush(filled(Found.in(employees.findById(id)), form)));
    }

    private Employee filled(Employee row, Dto form) {
        row.manager = form.managerId() == null ? null : Found.in(employees.findById(form.managerId()));
        row.name = form.name();
        row.email = form.email();
        row.hourlyRate = form.hourlyRate();
        row.hiredOn = form.hiredOn();
        return row;
    }

    @GetMapping("/{managerId}/reports")
    List<Dto> reports(@PathVariable UUID managerId) {
        return employees.findByManagerId(managerId).stream().map(Dto::of).toList();
    }

    @GetMapping("/{id}/rate")
    ResponseEntity<BigDecimal> rate(@PathVariable UUID id) {
        return ResponseEntity.ofNullable(prices.ofEmployee(id));
    }
}

@RestController
@RequestMapping("/api")
class ProjectController {

    record ProjectForm(
            @NotNull UUID customerId,
            @NotBlank String title,
            LocalDate startsOn,
            @PositiveOrZero BigDecimal budget) {}

    record ProjectView(UUID id, UUID customerId, String title, Project.Status status, BigDecimal budget) {

        static ProjectView of(Project row) {
            return new ProjectView(row.getId(), row.customer.getId(), row.title, row.status, row.budget);
        }
    }

    record TaskForm(
            UUID assigneeId,
            @NotBlank String title,
            @Size(max = 2000) String description,
            LocalDate due) {}

    record TaskView(UUID id, UUID projectId, String title, String description, LocalDate due, boolean done) {

        static TaskView of(Task row) {
            return new TaskView(row.getId(), row.project.getId(), row.title, row.description, row.due, row.done);
        }
    }

    record Progress(@NotNull Boolean done) {}

    record Time(
            UUID id,
            @NotNull UUID taskId,
            @NotNull UUID employeeId,
            @NotNull LocalDate day,
            @Positive int minutes,
            @Size(max = 255) String note) {

        static Time of(TimeEntry row) {
            return new Time(row.getId(), row.task.getId(), row.employee.getId(), row.day, row.minutes, row.note);
        }
    }

    record Hit(String kind, UUID id, String text) {}

    private final Projects projects;
    private final Tasks tasks;
    private final TimeEntries times;
    private final Employees employees;
    private final EntityManager entities;

    ProjectController(Projects projects, Tasks tasks, TimeEntries times, Employees employees, EntityManager entities) {
        this.projects = projects;
        this.tasks = tasks;
        this.times = times;
        this.employees = employees;
        this.entities = entities;
    }

    @GetMapping("/projects")
    List<ProjectView> list(@RequestParam(required = false) Project.Status status) {
        List<Project> found = status == null ? projects.findAll() : projects.findByStatusOrderByTitle(status);
        return found.stream().map(ProjectView::of).toList();
    }

    @GetMapping("/projects/{id}")
    ProjectView one(@PathVariable UUID id) {
        return ProjectView.of(Found.in(projects.findById(id)));
    }

    @PostMapping("/projects")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public ProjectView add(@Valid @RequestBody ProjectForm form) {
        return ProjectView.of(projects.save(filled(new Project(), form)));
    }

    @PutMapping("/projects/{id}")
    @Transactional
    public ProjectView replace(@PathVariable UUID id, @Valid @RequestBody ProjectForm form) {
        return ProjectView.of(filled(Found.in(projects.findById(id)), form));
    }

    private Project filled(Project row, ProjectForm form) {
        row.customer = Found.in(Optional.ofNullable(entities.find(Customer.class, form.customerId())));
        row.title = form.title();
        row.startsOn = form.startsOn();
        row.budget = form.budget();
        return row;
    }

    @PostMapping("/projects/{id}/end")
    @Transactional
    public void end(@PathVariable UUID id) {
        Found.in(projects.findById(id)).status = Project.Status.DONE;
    }

    @GetMapping("/projects/{id}/team")
    @Transactional(readOnly = true)
    public List<String> team(@PathVariable UUID id) {
        return Found.in(projects.findById(id)).team.stream()
                .map(employee -> employee.name)
                .sorted()
                .toList();
    }

    @PutMapping("/projects/{projectId}/team/{employeeId}")
    @Transactional
    public void join(@PathVariable UUID projectId, @PathVariable UUID employeeId) {
        Found.in(projects.findById(projectId)).team.add(Found.in(employees.findById(employeeId)));
    }

    @DeleteMapping("/projects/{projectId}/team/{employeeId}")
    @Transactional
    public void leave(@PathVariable UUID projectId, @PathVariable UUID employeeId) {
        Found.in(projects.findById(projectId)).team.removeIf(one -> one.getId().equals(employeeId));
    }

    @GetMapping("/projects/{projectId}/tasks")
    List<TaskView> tasks(@PathVariable UUID projectId) {
        return tasks.findByProjectId(projectId).stream().map(TaskView::of).toList();
    }

    @PostMapping("/projects/{projectId}/tasks")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public TaskView addTask(@PathVariable UUID projectId, @Valid @RequestBody TaskForm form) {
        Task task = new Task();
        task.project = Found.in(projects.findById(projectId));
        task.assignee = form.assigneeId() == null ? null : Found.in(employees.findById(form.assigneeId()));
        task.title = form.title();
        task.description = form.description();
        task.due = form.due();
        return TaskView.of(tasks.save(task));
    }

    @GetMapping("/projects/{projectId}/minutes")
    long minutes(@PathVariable UUID projectId) {
        return times.minutesOf(projectId);
    }

    @GetMapping("/tasks/{id}")
    TaskView task(@PathVariable UUID id) {
        return TaskView.of(Found.in(tasks.findById(id)));
    }

    @PatchMapping("/tasks/{id}")
    @Transactional
    public void progress(@PathVariable UUID id, @Valid @RequestBody Progress progress) {
        Found.in(tasks.findById(id)).done = progress.done();
    }

    @DeleteMapping("/tasks/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void removeTask(@PathVariable UUID id) {
        Task task = Found.in(tasks.findById(id));
        if (times.findAll().stream().anyMatch(time -> time.task.equals(task))) {
            throw Problem.of(HttpStatus.CONFLICT, "Time was booked on it.");
        }
        tasks.delete(task);
    }

    @GetMapping("/time-entries")
    List<Time> times(
            @RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate from,
            @RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate to) {
        return times.findByDayBetween(from, to).stream().map(Time::of).toList();
    }

    @PostMapping("/time-entries")
    @ResponseStatus(HttpStatus.CREATED)
    @Transactional
    public Time book(@Valid @RequestBody Time form) {
        TimeEntry entry = new TimeEntry();
        entry.task = Found.in(tasks.findById(form.taskId()));
        entry.employee = Found.in(employees.findById(form.employeeId()));
        entry.day = form.day();
        entry.minutes = form.minutes();
        entry.note = form.note();
        return Time.of(times.save(entry));
    }

    @DeleteMapping("/time-entries/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Transactional
    public void cancel(@PathVariable UUID id) {
        times.delete(Found.in(times.findById(id)));
    }

    @GetMapping("/search")
    List<Hit> search(@RequestParam String q) {
        return entities.createQuery(
                        "select 'customer', c.id, c.name from Customer c where lower(c.name) like lower(:text)"
                                + " union all select 'project', p.id, p.title from Project p where lower(p.title) like lower(:text)",
                        Hit.class)
                .setParameter("text", "%" + q + "%")
                .getResultList();
    }
}
