package dev.tenancy.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

@AnalyzeClasses(packages = "dev.tenancy.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule requestsHaveTheirTenantWithoutCrud = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tenancy.spring.crud..");

    @ArchTest
    static final ArchRule crudGoesRoundInNoCircle = slices().assignedFrom(new SliceAssignment() {

                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    return type.getPackageName().equals("dev.tenancy.spring.crud")
                            ? SliceIdentifier.of(type.getName().replaceFirst("[$].*", ""))
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "classes of the package crud";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule whatMayChangeInHibernateIsKnownToThree = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring.crud..")
            .and()
            .haveNameNotMatching(".*[.](AttributePath|RecordReader|RecordShape)([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.hibernate..internal..");

    // The bodies of any handler go through RequestBodies, so that no controller of this package need be there.
    @ArchTest
    static final ArchRule controllersAloneMakeProblems = noClasses()
            .that()
            .resideInAPackage("dev.tenancy.spring.crud..")
            .and()
            .haveNameNotMatching(".*[.](TenantReadController|RequestBodies)([$].*)?")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Problem.class);

    // Where an application initialises lazily, a listener or a check that nobody injects would never be made.
    @ArchTest
    static final ArchRule configurationsAreMadeAtStart = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .or()
            .areAnnotatedWith(Configuration.class)
            .should()
            .beAnnotatedWith(Lazy.class);
}
